package dev.landwaiter.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says: of the jar's manifest, or that it is a build from a clone. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Main.class.getPackage().getImplementationVersion();
        return new String[] {
            "landwaiter " + (version == null ? "(from a clone)" : version),
            "java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
