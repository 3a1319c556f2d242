using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>
/// The presets: configurations with a network of their own that come with the program, in its folder <c>config</c>. They are found by
/// name from any folder.
/// </summary>
internal static class Presets
{
    /// <summary>The folder of the presets, beside the program as in the repository.</summary>
    public const string Folder = "config";

    private const string Extension = ".json";

    private static string Place => Path.Combine(AppContext.BaseDirectory, Folder);

    /// <summary>Their names, in order.</summary>
    public static IEnumerable<string> Names => Directory.Exists(Place)
        ? Directory.GetFiles(Place, $"*{Extension}").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)
        : [];

    /// <summary>The file of a preset; null if there is no preset of that name.</summary>
    /// <param name="name">The name, in any case.</param>
    public static string? PathOf(string name) =>
        Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found ? PathTo(found + Extension) : null;

    /// <summary>The file beside the presets that has a name.</summary>
    /// <param name="file">The name of the file.</param>
    public static string PathTo(string file) => Path.Combine(Place, file);

    /// <summary>Says that there is no preset of a name, and which was probably meant.</summary>
    /// <param name="name">The name.</param>
    public static ConfigurationException Unknown(string name) =>
        new(new Failure("", $"there is no preset {ShownValue.Of(name)}; {NearestName.Hint(name, Names)}"));
}
