<?php

final class Mailer
{
    public function __construct()
    {
        $this->dsn = $_ENV['MAILER_DSN'] ?? getenv('FALLBACK_DSN');
    }
}
