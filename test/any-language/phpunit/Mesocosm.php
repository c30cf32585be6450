<?php

/** Calls the Control API of the lane. */
final class Mesocosm
{
    // #region client
    /** Returns the decoded answer; throws the API's own error. */
    public static function call(string $method, string $path, ?array $body = null): mixed
    {
        $context = stream_context_create(['http' => [
            'method' => $method,
            'header' => [
                'Authorization: Bearer ' . getenv('MESOCOSM_TOKEN'),
                'Content-Type: application/json',
            ],
            'content' => $body === null ? '' : json_encode((object) $body, JSON_THROW_ON_ERROR),
            'ignore_errors' => true,
            'timeout' => 120,
        ]]);
        $text = file_get_contents(getenv('MESOCOSM_URL') . $path, false, $context);
        $status = (int) explode(' ', $http_response_header[0])[1];
        $answer = $text === '' ? null : json_decode($text, true);
        if ($status >= 400) {
            throw new RuntimeException("{$answer['message']}; {$answer['remedy']}");
        }
        return $answer;
    }
    // #endregion
}
