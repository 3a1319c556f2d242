namespace ConvNN.Dashboard;

/// <summary>A file that a <see cref="WebServer"/> serves: a page, a script, a style, a picture.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="Content">Its bytes.</param>
public sealed record WebFile(string ContentType, ReadOnlyMemory<byte> Content)
{
    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
    };

    /// <summary>A file of this assembly's folder <c>Web</c>.</summary>
    /// <param name="name">Its name.</param>
    public static WebFile Of(string name)
    {
        using Stream stream = typeof(WebFile).Assembly.GetManifestResourceStream(name)!;
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return Named(name, copy.ToArray());
    }

    /// <summary>A file whose type its name tells.</summary>
    /// <param name="name">Its name, which ends in .html, .css or .js.</param>
    /// <param name="content">Its bytes.</param>
    public static WebFile Named(string name, ReadOnlyMemory<byte> content) => new(Types[Path.GetExtension(name)], content);
}
