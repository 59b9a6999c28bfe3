package dev.landwaiter.limit;

import java.util.HashMap;
import java.util.Map;

/**
 * Bytes that may be in memory at once, shared by tenants. A tenant holds at most as much as it leaves free for others, so that however much
 * one wants, another finds room; what is large has to leave twice as much, so that large things never take the room of small ones. Nobody
 * ever waits. Safe for use by many threads.
 */
public final class ByteShares {
    private final Map<String, Account> accounts = new HashMap<>();
    private long free;

    /** Room for {@code atOnce} bytes. */
    public ByteShares(long atOnce) {
        this.free = atOnce;
    }

    /** What one thing of a tenant's holds. Not safe for use by many threads at once; closing it gives all back. */
    public final class Lease implements AutoCloseable {
        private final String tenant;
        private long bytes;

        private Lease(String tenant) {
            this.tenant = tenant;
        }

        /** Whether it holds {@code wanted} bytes from now on; where there is no room it goes on holding what it held. */
        public boolean hold(long wanted, boolean large) {
            if (!change(tenant, wanted - bytes, large)) {
                return false;
            }
            bytes = wanted;
            return true;
        }

        /** How many it holds. */
        public long bytes() {
            return bytes;
        }

        @Override
        public void close() {
            boolean _ = hold(0, false);
        }
    }

    /** A lease that holds nothing yet. */
    public Lease lease(String tenant) {
        return new Lease(tenant);
    }

    /** How many bytes nobody holds. */
    public long free() {
        synchronized (accounts) {
            return free;
        }
    }

    /** Whether nobody holds any. */
    public boolean idle() {
        synchronized (accounts) {
            return accounts.isEmpty();
        }
    }

    private boolean change(String tenant, long more, boolean large) {
        if (more == 0) {
            return true;
        }
        synchronized (accounts) {
            Account account = accounts.computeIfAbsent(tenant, _ -> new Account());
            long left = free - more;
            boolean room = more < 0 || account.held + more <= (large ? left / 2 : left);
            if (room) {
                account.held += more;
                free -= more;
            }
            if (account.held == 0) {
                accounts.remove(tenant);
            }
            return room;
        }
    }

    private static final class Account {
        private long held;
    }
}
