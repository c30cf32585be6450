// In the role of Redis: answers PING over TCP.
require('node:net')
  .createServer((socket) => {
    socket.on('data', (bytes) =>
      socket.write(bytes.toString().trim() === 'PING' ? '+PONG\r\n' : '-ERR\r\n'),
    )
    socket.on('error', () => socket.destroy())
  })
  .listen(6379)
