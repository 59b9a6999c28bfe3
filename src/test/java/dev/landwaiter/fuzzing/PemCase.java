package dev.landwaiter.fuzzing;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * What readers of PEM have to do with what is not just one block: the table that holds for the core's reader and for the certificates' module's
 * alike. The two know nothing of each other, see docs/adr/0028-watches.md.
 */
public enum PemCase {
    ONE_BLOCK("A", 1),
    WINDOWS_LINES("A", 1) {
        @Override
        String lines(String text) {
            return text.replace("\n", "\r\n");
        }
    },
    OLD_MAC_LINES("A", 1) {
        @Override
        String lines(String text) {
            return text.replace('\n', '\r');
        }
    },
    NO_LAST_LINE_END("A", 1) {
        @Override
        String lines(String text) {
            return text.stripTrailing();
        }
    },
    LEADING_TEXT("the release key\n\nA", 1),
    TEXT_BETWEEN_AND_AFTER("A# the next\nA\nend", 2),
    EMPTY_LINES_AROUND("\n\nA\n\n", 1),
    SEVERAL_BLOCKS("AAA", 3),
    FOREIGN_LABEL_BEFORE("FA", 1),
    FOREIGN_LABEL_AFTER("AF", 1),
    ONLY_A_FOREIGN_LABEL("F", 0),
    NOTHING("", 0),
    NO_PEM("hello\n", 0),
    ONLY_AN_END("-----END CERTIFICATE-----\n", 0),
    /** No reader may take the first and pass over the second. */
    SECOND_WITHOUT_ITS_END("AC", -1),
    FIRST_WITHOUT_ITS_END("CA", -1),
    ONLY_A_BEGINNING("-----BEGIN CERTIFICATE-----\n", -1),
    OTHER_LABEL_AT_ITS_END("-----BEGIN CERTIFICATE-----\nMIIB\n-----END PUBLIC KEY-----\n", -1),
    NO_BASE64("-----BEGIN CERTIFICATE-----\nMI*B\n-----END CERTIFICATE-----\n", -1),
    BASE64_THAT_BREAKS_OFF("-----BEGIN CERTIFICATE-----\nMIIBA\n-----END CERTIFICATE-----\n", -1);

    private static final String FOREIGN =
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

    private final String template;
    private final int blocks;

    PemCase(String template, int blocks) {
        this.template = template;
        this.blocks = blocks;
    }

    /** The text, of {@code pem}, which is one good block, as often as the case has it. */
    public String text(String pem) {
        String cut = pem.substring(0, pem.indexOf("-----END"));
        return lines(template.startsWith("-----") || this == NO_PEM || this == NOTHING ? template : filled(pem, cut));
    }

    private String filled(String pem, String cut) {
        StringBuilder text = new StringBuilder();
        template.chars()
                .forEach(c -> text.append(
                        switch (c) {
                            case 'A' -> pem;
                            case 'C' -> cut;
                            case 'F' -> FOREIGN;
                            default -> Character.toString(c);
                        }));
        return text.toString();
    }

    String lines(String text) {
        return text;
    }

    /** How many blocks with the label of the good one there are; empty where the whole text is refused. */
    public OptionalInt blocks() {
        return blocks < 0 ? OptionalInt.empty() : OptionalInt.of(blocks);
    }

    /** Whether there is no text around the blocks. */
    public boolean alone() {
        return !Arrays.asList(LEADING_TEXT, TEXT_BETWEEN_AND_AFTER, NO_PEM, ONLY_AN_END)
                .contains(this);
    }
}
