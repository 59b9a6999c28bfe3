package dev.landwaiter.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** HTTP/2 frame by frame (RFC 9113), for what no decent client would send. */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RESET = 3;
    static final int SETTINGS = 4;
    static final int GO_AWAY = 7;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    /** SETTINGS_INITIAL_WINDOW_SIZE. */
    private static final int WINDOW = 4;

    private final SSLSocket socket;
    private final DataOutputStream out;
    private final DataInputStream in;

    /** Over a connection that has said nothing yet. */
    RawHttp2(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.out = new DataOutputStream(socket.getOutputStream());
        this.in = new DataInputStream(socket.getInputStream());
    }

    record Frame(int type, int stream, byte[] payload) {}

    /** The preface and settings with which a connection begins. */
    void begin(int window) throws IOException {
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        ByteArrayOutputStream settings = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(settings);
        data.writeShort(WINDOW);
        data.writeInt(window);
        frame(SETTINGS, 0, 0, settings.toByteArray());
    }

    /** The headers of a POST; its body is to follow. */
    void post(int stream, String path) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        Map.of(":method", "POST", ":scheme", "https", ":path", path, ":authority", "a")
                .forEach((name, value) -> literal(block, name, value));
        literal(block, "content-type", "application/json");
        frame(HEADERS, END_HEADERS, stream, block.toByteArray());
    }

    void body(int stream, String body) throws IOException {
        frame(DATA, END_STREAM, stream, body.getBytes(StandardCharsets.UTF_8));
    }

    void reset(int stream) throws IOException {
        frame(RESET, 0, stream, new byte[] {0, 0, 0, 8});
    }

    /** A header that is not indexed (RFC 7541, section 6.2.2). */
    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        for (String text : new String[] {name, value}) {
            block.write(text.length());
            block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    /** The next frame of that type; empty once the server has closed the connection. */
    Optional<Frame> next(int type) throws IOException {
        while (true) {
            try {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int got = in.readUnsignedByte();
                int _ = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = new byte[length];
                in.readFully(payload);
                if (got == type) {
                    return Optional.of(new Frame(got, stream, payload));
                }
            } catch (EOFException | SocketException | SSLException e) {
                return Optional.empty();
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
