package dev.landwaiter.cli;

import dev.landwaiter.settings.Setting;
import java.util.Arrays;
import java.util.List;

/** Which settings a mode takes. Apart from {@link SettingOptions}, so that a service starts without a type of picocli's. */
final class SettingGroups {
    private SettingGroups() {}

    /** Of the verbs that ask registries but no cluster, and end too soon to refresh anything. */
    static List<Setting.Group> offlineGroups() {
        return Arrays.stream(Setting.Group.values())
                .filter(group -> group != Setting.Group.SERVER
                        && group != Setting.Group.MANAGEMENT
                        && group != Setting.Group.CERTIFICATES
                        && group != Setting.Group.CONTROLLER
                        && group != Setting.Group.CALLERS
                        && group != Setting.Group.CLUSTER
                        && group != Setting.Group.TRUST)
                .toList();
    }

    /** Of the webhook: all but those that have an effect on the controller alone. */
    static List<Setting.Group> webhookGroups() {
        return Arrays.stream(Setting.Group.values())
                .filter(group -> group != Setting.Group.CONTROLLER)
                .toList();
    }

    static List<Setting.Group> controllerGroups() {
        return List.of(
                Setting.Group.MANAGEMENT,
                Setting.Group.CERTIFICATES,
                Setting.Group.CONTROLLER,
                Setting.Group.CLUSTER,
                Setting.Group.LOG);
    }
}
