package dev.landwaiter.cli;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import com.github.difflib.patch.Patch;
import dev.landwaiter.app.Colour;
import java.util.List;

/** What changed between two texts, as a unified diff. */
final class Diff {
    private static final int CONTEXT = 2;

    private Diff() {}

    static String of(String before, String after, String name, Colour colour) {
        List<String> old = before.lines().toList();
        Patch<String> patch = DiffUtils.diff(old, after.lines().toList());
        StringBuilder text = new StringBuilder();
        for (String line : UnifiedDiffUtils.generateUnifiedDiff(name, name + " (as admitted)", old, patch, CONTEXT)) {
            text.append(painted(line, colour)).append('\n');
        }
        return text.toString();
    }

    private static String painted(String line, Colour colour) {
        if (line.startsWith("---") || line.startsWith("+++")) {
            return colour.bold(line);
        }
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '+' -> colour.green(line);
            case '-' -> colour.red(line);
            case '@' -> colour.cyan(line);
            default -> line;
        };
    }
}
