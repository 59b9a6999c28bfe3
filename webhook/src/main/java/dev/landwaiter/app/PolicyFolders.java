package dev.landwaiter.app;

import dev.landwaiter.policy.Materials;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import java.nio.file.Path;
import java.util.Optional;

/** Opens folders of policies as the settings say. */
public final class PolicyFolders {
    private PolicyFolders() {}

    /** The one of {@code --policies}. */
    public static Optional<PolicyFolder> ofSettings(Settings settings) {
        return ofSettings(settings, Materials.NONE);
    }

    static Optional<PolicyFolder> ofSettings(Settings settings, Materials materials) {
        return settings.find(SettingRows.POLICIES).map(folder -> open(folder, settings, materials));
    }

    /** Another one, for a verb. */
    public static PolicyFolder open(Path folder, Settings settings) {
        return open(folder, settings, Materials.NONE);
    }

    private static PolicyFolder open(Path folder, Settings settings, Materials materials) {
        return PolicyFolder.open(
                folder,
                new PolicyReader(materials, settings.get(SettingRows.OWN_NAMESPACE), settings.get(SettingRows.LIMIT)),
                settings.get(SettingRows.LIMIT));
    }
}
