package dev.landwaiter.tuf;

import java.util.Map;
import java.util.Optional;

/** Where the files of a TUF repository come from. */
interface Mirror {
    /**
     * The file of that path below the mirror, for instance {@code 3.root.json} or {@code targets/0a1b….trusted_root.json}; empty where there
     * is none.
     *
     * @param most bytes; a file of more is not read
     * @throws MirrorProblem where it cannot be had
     */
    Optional<byte[]> find(String path, int most);

    /** One of files that were fetched before. */
    static Mirror of(Map<String, byte[]> files) {
        return (path, most) -> Optional.ofNullable(files.get(path)).filter(file -> file.length <= most);
    }
}
