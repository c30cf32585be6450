<?php

require_once __DIR__ . '/Mesocosm.php';

use PHPUnit\Framework\TestCase;

final class SignUpTest extends TestCase
{
    // #region tests
    private string $test;

    protected function setUp(): void
    {
        // The record of the run shows what each test did; the reset gives it the declared state.
        $this->test = Mesocosm::call('POST', '/v1/tests', [
            'file' => 'phpunit/SignUpTest.php',
            'titlePath' => [self::class, $this->name()],
            'reset' => 'light',
        ])['id'];
    }

    protected function tearDown(): void
    {
        $status = $this->status();
        Mesocosm::call('PATCH', "/v1/tests/{$this->test}", $status->isFailure() || $status->isError()
            ? ['status' => 'failed', 'error' => $status->message()]
            : ['status' => 'passed']);
    }

    public function testAdminIsCreatedByCommand(): void
    {
        $result = Mesocosm::call('POST', '/v1/services/api/exec', [
            'command' => 'create-admin',
            'args' => ['root@example.org'],
        ]);
        self::assertSame(0, $result['exitCode'], $result['stderr']);
        self::assertContains('root@example.org', json_decode($this->get('/admins'), true));
    }

    public function testSignUpSendsMail(): void
    {
        Mesocosm::call('POST', '/v1/services', [
            'name' => 'mail',
            'image' => getenv('MAIL_IMAGE'),
            'command' => ['aiosmtpd', '-n', '-l', '0.0.0.0:1025'],
            'ports' => ['smtp' => 1025],
            'env' => ['PYTHONUNBUFFERED' => '1'],
        ]);
        Mesocosm::call('PATCH', '/v1/services/api/env', ['FEATURE_MAIL' => 'on']);

        self::assertSame('signed up, mail on', $this->get('/sign-up?email=ann@example.org'));
        $line = Mesocosm::call('POST', '/v1/services/mail/logs/wait', ['text' => 'To: ann@example.org']);
        self::assertSame('mail', $line['service']);

        Mesocosm::call('DELETE', '/v1/services/mail');
    }

    public function testSignUpIsLogged(): void
    {
        // Neither the mail service nor the change of the test before is left.
        self::assertSame('signed up, mail off', $this->get('/sign-up?email=bob@example.org'));
        Mesocosm::call('POST', '/v1/services/api/logs/wait', ['text' => 'signed up bob@example.org']);
        Mesocosm::call('POST', '/v1/services/api/restart');
        self::assertSame('signed up, mail off', $this->get('/sign-up?email=eve@example.org'));
    }

    private function get(string $path): string
    {
        return file_get_contents(getenv('API_HTTP_URL') . $path);
    }
    // #endregion
}
