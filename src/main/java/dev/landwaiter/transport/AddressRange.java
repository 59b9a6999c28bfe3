package dev.landwaiter.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * What an address is for, as far as it matters for being spoken to. Forms of IPv6 that carry an IPv4 address are what that one is.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry/">IANA, IPv4 special-purpose addresses</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry/">IANA, IPv6 special-purpose addresses</a>
 */
enum AddressRange {
    /** Anyone's. */
    PUBLIC("a public address"),
    /** Of a private network, whose services trust whoever is inside. */
    PRIVATE("a private address"),
    LOOPBACK("a loopback address"),
    LINK_LOCAL("a link-local address"),
    METADATA("a cloud's metadata address"),
    UNSPECIFIED("the unspecified address"),
    MULTICAST("a multicast address"),
    RESERVED("a reserved address");

    /** Most specific first: the first block that holds an address tells. */
    private static final List<Block> IPV4 = List.of(
            block("169.254.169.254", METADATA),
            block("169.254.170.2", METADATA),
            block("169.254.170.23", METADATA),
            block("100.100.100.200", METADATA),
            block("168.63.129.16", METADATA),
            block("192.0.0.192", METADATA),
            block("0.0.0.0/8", UNSPECIFIED),
            block("127.0.0.0/8", LOOPBACK),
            block("169.254.0.0/16", LINK_LOCAL),
            block("10.0.0.0/8", PRIVATE),
            block("172.16.0.0/12", PRIVATE),
            block("192.168.0.0/16", PRIVATE),
            block("100.64.0.0/10", PRIVATE),
            block("198.18.0.0/15", PRIVATE),
            block("192.0.0.0/24", RESERVED),
            block("192.0.2.0/24", RESERVED),
            block("198.51.100.0/24", RESERVED),
            block("203.0.113.0/24", RESERVED),
            block("192.88.99.0/24", RESERVED),
            block("224.0.0.0/4", MULTICAST),
            block("240.0.0.0/4", RESERVED),
            block("0.0.0.0/0", PUBLIC));

    private static final List<Block> IPV6 = List.of(
            block("fd00:ec2::254", METADATA),
            block("fd00:ec2::23", METADATA),
            block("fd20:ce::254", METADATA),
            block("::", UNSPECIFIED),
            block("::1", LOOPBACK),
            block("fe80::/10", LINK_LOCAL),
            block("fc00::/7", PRIVATE),
            block("fec0::/10", PRIVATE),
            block("ff00::/8", MULTICAST),
            block("2001:db8::/32", RESERVED),
            block("2001:10::/28", RESERVED),
            block("2001:20::/28", RESERVED),
            block("3fff::/20", RESERVED),
            block("2000::/3", PUBLIC),
            block("::/0", RESERVED));

    private static final Cidr COMPATIBLE = Cidr.parse("::/96");
    private static final Cidr TRANSLATED = Cidr.parse("::ffff:0:0:0/96");
    private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");
    private static final Cidr NAT64_LOCAL = Cidr.parse("64:ff9b:1::/48");
    private static final Cidr SIX_TO_FOUR = Cidr.parse("2002::/16");
    private static final Cidr TEREDO = Cidr.parse("2001::/32");

    private final String words;

    AddressRange(String words) {
        this.words = words;
    }

    /** For messages: {@code a loopback address}. */
    String words() {
        return words;
    }

    /** Whether nothing there is ever a registry unless a setting says so: this machine, its cloud, or no single machine at all. */
    boolean inner() {
        return switch (this) {
            case PUBLIC, PRIVATE -> false;
            case LOOPBACK, LINK_LOCAL, METADATA, UNSPECIFIED, MULTICAST, RESERVED -> true;
        };
    }

    /** The range of {@code address}. */
    static AddressRange of(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return first(IPV4, address);
        }
        if (TRANSLATED.contains(address) || NAT64.contains(address)) {
            return ofIpv4(bytes, 12, 0);
        }
        if (COMPATIBLE.contains(address) && first(IPV6, address) == RESERVED) {
            return ofIpv4(bytes, 12, 0);
        }
        if (NAT64_LOCAL.contains(address)) {
            return ofLocalNat64(bytes);
        }
        if (SIX_TO_FOUR.contains(address)) {
            return ofIpv4(bytes, 2, 0);
        }
        if (TEREDO.contains(address)) {
            // RFC 4380 section 4: the client's address is stored with all bits inverted
            return ofIpv4(bytes, 12, 0xff);
        }
        return first(IPV6, address);
    }

    /**
     * RFC 8215's block is split as its network likes, so the IPv4 address stands either behind the first 48 bits, around the bits 64 to 71
     * (RFC 6052 section 2.2), or at the end: the worse of both counts, and it is never better than private.
     */
    private static AddressRange ofLocalNat64(byte[] bytes) {
        AddressRange atEnd = ofIpv4(bytes, 12, 0);
        AddressRange inside = ofIpv4(new byte[] {bytes[6], bytes[7], bytes[9], bytes[10]}, 0, 0);
        if (atEnd.inner() && atEnd != UNSPECIFIED) {
            return atEnd;
        }
        if (inside.inner() && inside != UNSPECIFIED) {
            return inside;
        }
        return atEnd == UNSPECIFIED && inside == UNSPECIFIED ? UNSPECIFIED : PRIVATE;
    }

    private static AddressRange ofIpv4(byte[] bytes, int from, int inverted) {
        byte[] inner = Arrays.copyOfRange(bytes, from, from + 4);
        for (int i = 0; i < inner.length; i++) {
            inner[i] = (byte) (inner[i] ^ inverted);
        }
        try {
            return of(InetAddress.getByAddress(inner));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an IPv4 address", e);
        }
    }

    private static AddressRange first(List<Block> blocks, InetAddress address) {
        for (Block block : blocks) {
            if (block.cidr.contains(address)) {
                return block.range;
            }
        }
        return RESERVED;
    }

    private static Block block(String cidr, AddressRange range) {
        return new Block(Cidr.parse(cidr), range);
    }

    private record Block(Cidr cidr, AddressRange range) {}
}
