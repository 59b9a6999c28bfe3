package dev.landwaiter.settings;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** What may stand for a machine: a name of the DNS, an IPv4 address or an IPv6 one. Nothing is looked up. */
final class HostText {
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    /** RFC 1123, section 2.1. */
    private static final Pattern NAME = Pattern.compile("(?=.{1,253}$)" + LABEL + "(?:\\." + LABEL + ")*");
    /** RFC 1123, section 2.1: a name whose last label is a number can only be meant as an address. */
    private static final Pattern NUMBER_LAST = Pattern.compile("(?:.*\\.)?[0-9]+");

    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    /** Four decimal numbers: other programs read fewer, or a leading 0, each in its own way. */
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    /** No zone ({@code fe80::1%eth0}): what it means differs from machine to machine. */
    private static final Pattern IPV6_LETTERS = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");

    private HostText() {}

    static boolean isName(String text) {
        return NAME.matcher(text).matches() && !NUMBER_LAST.matcher(text).matches();
    }

    static boolean isIpv4(String text) {
        return IPV4.matcher(text).matches();
    }

    /** Whether {@code text}, without brackets, is an IPv6 address (RFC 4291, section 2.2). */
    static boolean isIpv6(String text) {
        if (!IPV6_LETTERS.matcher(text).matches()) {
            return false;
        }
        try {
            return InetAddress.ofLiteral(text) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
