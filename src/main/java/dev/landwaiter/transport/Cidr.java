package dev.landwaiter.transport;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.net.InetAddress;

/**
 * A block of addresses, {@code 10.0.0.0/8} or {@code fd00::/8}; an address alone is a block of one.
 *
 * @param text as written
 * @param address the block's first address
 * @param prefix bits that all of its addresses share
 */
public record Cidr(String text, InetAddress address, int prefix) {
    public Cidr {
        if (prefix < 0 || prefix > address.getAddress().length * 8) {
            throw invalid(text);
        }
    }

    /** Reads {@code address/prefix} or an address; anything else is a {@link Code#SETTING_INVALID}. */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        try {
            InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            int most = address.getAddress().length * 8;
            return new Cidr(text, address, slash < 0 ? most : Integer.parseInt(text.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw invalid(text);
        }
    }

    /** Whether {@code other}, of the same IP version, lies in it. */
    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit += 8) {
            int mask = prefix - bit >= 8 ? 0xff : 0xff << (8 - (prefix - bit)) & 0xff;
            if (((mine[bit / 8] ^ theirs[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static Failure invalid(String text) {
        return new Failure(
                Code.SETTING_INVALID,
                "Could not read \"%s\": it is not a block of addresses. Expected for instance 10.0.0.0/8 or fd00::/8."
                        .formatted(text));
    }

    @Override
    public String toString() {
        return text;
    }
}
