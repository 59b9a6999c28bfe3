package dev.landwaiter.yaml;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * The text of a file, once it is sure that all readers see the same lines and documents in it: kubectl cuts files into documents before a
 * parser sees them, and its parser is one of YAML 1.1, which knows more line breaks than 1.2 does.
 */
final class SourceText {
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final char NEXT_LINE = '\u0085';
    private static final char LINE_SEPARATOR = '\u2028';
    private static final char PARAGRAPH_SEPARATOR = '\u2029';
    private static final char DELETE = '\u007F';
    private static final char LAST_CONTROL = '\u009F';
    private static final String MARKER = "---";

    private final String text;
    private int line = 1;
    private int column = 1;
    /** After the last character that is to be seen. */
    private int lastLine = 1;

    private int lastColumn = 1;

    private SourceText(String text) {
        this.text = text;
    }

    /**
     * The text that {@code content} is, without the byte order mark that it may begin with.
     *
     * @throws YamlRefusal where it is not UTF-8, or may be seen in two ways
     */
    static SourceText of(byte[] content) {
        String all = decoded(content);
        String text = !all.isEmpty() && all.charAt(0) == BYTE_ORDER_MARK ? all.substring(1) : all;
        SourceText source = new SourceText(text);
        source.check();
        return source;
    }

    /** With an end of its last line: kubectl adds one, and that makes a difference to block scalars. */
    String lines() {
        return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    }

    /** {@code mark}, or where the text ends if it lies behind that, on an empty line. */
    Mark within(Mark mark) {
        boolean behind = mark.line() > lastLine || (mark.line() == lastLine && mark.column() > lastColumn);
        return behind ? new Mark(lastLine, lastColumn) : mark;
    }

    /** Whether {@code content} is UTF-8, and nothing that a reader of JSON would take for another encoding. */
    static boolean isUtf8(byte[] content) {
        CharBuffer characters = CharBuffer.allocate(content.length);
        return !decode(content, characters).isError()
                && characters.flip().chars().noneMatch(c -> c == 0);
    }

    private static String decoded(byte[] content) {
        CharBuffer characters = CharBuffer.allocate(content.length);
        CoderResult result = decode(content, characters);
        String text = characters.flip().toString();
        if (result.isError()) {
            throw YamlRefusal.malformed(endOf(text), "a byte there is not UTF-8: save the file in UTF-8");
        }
        return text;
    }

    /** Into {@code characters}, which has room for as many as there are bytes: there are never more. */
    private static CoderResult decode(byte[] content, CharBuffer characters) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        return decoder.decode(ByteBuffer.wrap(content), characters, true);
    }

    private static Mark endOf(String text) {
        String last = text.substring(text.lastIndexOf('\n') + 1);
        int lines = (int) text.chars().filter(c -> c == '\n').count();
        return new Mark(lines + 1, last.codePointCount(0, last.length()) + 1);
    }

    private void check() {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (column == 1 && c == '-') {
                checkMarker(at);
            }
            if (c == '\n') {
                line++;
                column = 1;
            } else {
                checkCharacter(c, at);
                column += Character.isLowSurrogate(c) ? 0 : 1;
                if (c > ' ') {
                    lastLine = line;
                    lastColumn = column;
                }
            }
        }
    }

    private void checkCharacter(char c, int at) {
        if ((c >= ' ' && c < DELETE) || c == '\t') {
            return;
        }
        if (c == '\r') {
            if (at + 1 == text.length() || text.charAt(at + 1) != '\n') {
                throw refused(
                        "a carriage return alone ends a line for some readers and not for others: end lines with a line feed");
            }
        } else if (c == NEXT_LINE || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR) {
            throw refused(
                    "U+%04X ends a line for some readers and not for others: write it as \"\\u%04x\" in double quotes"
                            .formatted((int) c, (int) c));
        } else if (c < ' ' || (c >= DELETE && c <= LAST_CONTROL) || c == '\uFFFE' || c == '\uFFFF') {
            throw YamlRefusal.malformed(
                    here(), "YAML does not allow the character U+%04X: remove it".formatted((int) c));
        } else if (c == BYTE_ORDER_MARK) {
            throw refused("a byte order mark stands in the middle of the text: remove it");
        }
    }

    /** kubectl ends a document at every line that begins so, also where YAML sees text. */
    private void checkMarker(int at) {
        if (!text.startsWith(MARKER, at)) {
            return;
        }
        int end = at + MARKER.length();
        int rest = end;
        while (rest < text.length() && (text.charAt(rest) == ' ' || text.charAt(rest) == '\t')) {
            rest++;
        }
        boolean spaced = rest > end || end == text.length() || "\r\n".indexOf(text.charAt(end)) >= 0;
        // a space of another kind: text for YAML, nothing for kubectl
        boolean blank = rest < text.length() && text.charAt(rest) > DELETE && Character.isSpaceChar(text.charAt(rest));
        if (!spaced || blank) {
            throw refused("a line that begins with --- ends a document for some readers: put a space before it");
        }
    }

    private Mark here() {
        return new Mark(line, column);
    }

    private YamlRefusal refused(String why) {
        return YamlRefusal.refused(here(), why);
    }
}
