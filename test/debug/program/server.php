<?php
// A service for tests of debuggers. Line numbers are used by them.
function greet(string $name): string
{
    $greeting = "hello $name";
    return $greeting;
}

echo isset($_GET['name']) ? greet($_GET['name']) : 'ok';
