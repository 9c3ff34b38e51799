import java.nio.file.Path;
import javax.tools.SimpleJavaFileObject;

/** The snippet's own source file, whose name fits the first public class in it. */
final class EntryFile extends SimpleJavaFileObject {
    private final String name;
    private final String text;
    private String publicClass;

    EntryFile(Path path, String text) {
        super(path.toAbsolutePath().toUri(), Kind.SOURCE);
        this.name = path.toString();
        this.text = text;
    }

    /** The name that stands in diagnostics. */
    @Override
    public String getName() {
        return name;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
    }

    /** Asked for every public class, in the order of the source; one file has one at most. */
    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
        // `package-info` and `module-info` are asked for as well, and are no names of classes.
        if (kind != Kind.SOURCE || simpleName.indexOf('-') >= 0) {
            return false;
        }
        if (publicClass == null) {
            publicClass = simpleName;
        }
        return publicClass.equals(simpleName);
    }

    String stem() {
        return name.substring(0, name.lastIndexOf('.'));
    }
}
