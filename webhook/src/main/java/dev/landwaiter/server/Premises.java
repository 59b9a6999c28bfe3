package dev.landwaiter.server;

import dev.landwaiter.limit.ByteShares;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Shares;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What all event loops of one listener share: its clients, what they may take up together, and what is counted of it. */
final class Premises {
    private final Listener listener;
    private final Callers callers;
    private final ServerMeters meters;
    private final ByteShares bytes;
    private final Shares waiting;
    private final Shares receiving;
    private final Shares unproven;
    private final Door door;
    private final Set<ClientConnection> clients = ConcurrentHashMap.newKeySet();

    Premises(Listener listener, Duration toBegin, MeterRegistry registry) {
        this.listener = listener;
        this.callers = new Callers(listener.callers());
        Budgets budgets = listener.budgets();
        int waitingAtOnce = budgets.limits().count(budgets.waitingAtOnce());
        this.bytes = new ByteShares(budgets.limits().get(budgets.bytesAtOnce()));
        // who waits for a place would hold its body meanwhile: it may as well ask again
        this.waiting = new Shares("requests that wait", waitingAtOnce, waitingAtOnce, 0);
        this.unproven = new Shares("requests of unproven callers that wait", waitingAtOnce, waitingAtOnce, 0);
        int receivedAtOnce = budgets.limits().count(Limit.LARGE_BODIES_AT_ONCE);
        this.receiving = new Shares("requests that are received", receivedAtOnce, receivedAtOnce, waitingAtOnce);
        this.door = new Door(budgets.limits().count(budgets.connections()), toBegin, this::makeRoom);
        this.meters = new ServerMeters(registry, this);
    }

    Listener listener() {
        return listener;
    }

    Budgets budgets() {
        return listener.budgets();
    }

    Callers callers() {
        return callers;
    }

    ServerMeters meters() {
        return meters;
    }

    /** Bytes of bodies, shared by whom they come from, and once that is known by on whose behalf. */
    ByteShares bytes() {
        return bytes;
    }

    /** Requests that wait for registries or a cluster, shared by on whose behalf. */
    Shares waiting() {
        return waiting;
    }

    /**
     * A place to wait for registries or a cluster; empty where the share is used up. Whoever has not proved to be the API server says which
     * namespace it asks for, and could say any, or very many: so its address has a share too, and takes nothing from others' namespaces.
     */
    Optional<Place> place(Caller caller, String address, String tenant) {
        return switch (caller) {
            case API_SERVER -> waiting.tryAcquire(tenant).map(permit -> new Place(permit, null));
            case ANYBODY ->
                unproven.tryAcquire(address).flatMap(ofAddress -> {
                    Optional<Place> place =
                            waiting.tryAcquire(address + " " + tenant).map(permit -> new Place(permit, ofAddress));
                    if (place.isEmpty()) {
                        ofAddress.close();
                    }
                    return place;
                });
        };
    }

    /** A place to wait, until it is closed. */
    record Place(Shares.Permit permit, Shares.@Nullable Permit ofAddress) implements AutoCloseable {
        @Override
        public void close() {
            permit.close();
            if (ofAddress != null) {
                ofAddress.close();
            }
        }
    }

    /** Large bodies that are being received, shared by whom they come from: they keep an event loop busy, and others wait for it. */
    Shares receiving() {
        return receiving;
    }

    Door door() {
        return door;
    }

    void entered(ClientConnection client) {
        door.entered(client.http.remoteAddress());
        clients.add(client);
    }

    void left(ClientConnection client) {
        clients.remove(client);
    }

    /** How many clients speak HTTP. */
    int clients() {
        return clients.size();
    }

    /** Has the client closed that can best be done without; whether there was one. */
    private boolean makeRoom() {
        ClientConnection goes = null;
        for (ClientConnection client : clients) {
            if (client.mayGo() && (goes == null || client.goesBefore(goes))) {
                goes = client;
            }
        }
        meters.refused("TOO_MANY_CONNECTIONS");
        if (goes == null) {
            return false;
        }
        // not chosen again while it closes
        clients.remove(goes);
        goes.close();
        return true;
    }
}
