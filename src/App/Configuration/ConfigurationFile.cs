using System.Text;
using ConvNN.App.Output;
using ConvNN.Files;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>The one configuration file of a run: <c>--config</c> or <c>--preset</c>, else <c>appsettings.json</c>, else none.</summary>
/// <param name="Name">Its name in the log.</param>
/// <param name="Root">Its contents.</param>
internal sealed record ConfigurationFile(string Name, ConfigurationNode Root)
{
    private const string DefaultName = "appsettings.json";

    // Many times the largest sensible size; anything larger is not a configuration.
    private const int MaxBytes = 1 << 18;

    // Unknown sections that are named.
    private const int MaxShown = 3;

    /// <summary>No file.</summary>
    public static ConfigurationFile None { get; } = new("built-in defaults", new ConfigurationNode());

    /// <summary>Reads the file of a run.</summary>
    /// <param name="given">
    /// The requested file; null looks for <c>appsettings.json</c>. It may be in the current folder or else beside the program. If it is in
    /// neither, it may be the name of a preset.
    /// </param>
    /// <exception cref="ConfigurationException">The file is missing, cannot be read, is not JSON, or another program's.</exception>
    public static ConfigurationFile Find(string? given)
    {
        string file = given ?? DefaultName;
        string beside = BesideTheProgram(file);
        return (given, Path.Exists(file), Path.Exists(beside)) switch
        {
            (null, true, _) => Read($"./{file}", file).OrRefused(beside),
            (null, false, false) => None,
            (_, false, true) => Read(beside, beside),
            (_, false, false) when Presets.PathOf(file) is not null => OfPreset(file),
            _ => Read(file, file),
        };
    }

    /// <summary>Reads a preset.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ConfigurationException">There is no preset of that name.</exception>
    public static ConfigurationFile OfPreset(string name) =>
        Presets.PathOf(name) is { } path ? Read($"preset {Path.GetFileNameWithoutExtension(path)}", path) : throw Presets.Unknown(name);

    /// <summary>
    /// The files that an argument means: the one that it names, or those that fit its <c>*</c>, which not every shell replaces. Files
    /// that are not in the current folder may be beside the program, where an installed tool has its presets.
    /// </summary>
    /// <param name="given">The argument.</param>
    public static IReadOnlyList<string> Matching(string given)
    {
        (string folder, string name) = (Path.GetDirectoryName(given) ?? "", Path.GetFileName(given));
        return name.Contains('*', StringComparison.Ordinal) && !Path.Exists(given)
            && ((string[])[folder, BesideTheProgram(folder)])
                .Select(place => Directory.Exists(place) ? Directory.GetFiles(place, name) : [])
                .FirstOrDefault(files => files.Length > 0) is { } found
            ? [.. found.Order(StringComparer.Ordinal)]
            : [given];
    }

    /// <summary>Reads JSON; comments and trailing commas are allowed.</summary>
    /// <param name="name">Its name in the log.</param>
    /// <param name="json">UTF-8, with or without a byte-order mark; or UTF-16 with one, which redirection in Windows PowerShell writes.</param>
    /// <exception cref="ConfigurationException">It is not JSON, or it has a key twice.</exception>
    public static ConfigurationFile Parse(string name, byte[] json) =>
        new(name, JsonSettings.Read(name, json switch
        {
            [0xEF, 0xBB, 0xBF, ..] => json[3..],
            [0xFF, 0xFE, ..] => Encoding.Convert(Encoding.Unicode, Encoding.UTF8, json[2..]),
            [0xFE, 0xFF, ..] => Encoding.Convert(Encoding.BigEndianUnicode, Encoding.UTF8, json[2..]),
            _ => json,
        }));

    private static string BesideTheProgram(string file) => Path.Combine(AppContext.BaseDirectory, file);

    // Other programs have a file of this name, too. A section that is not ours and resembles none of ours is one of theirs; to pass
    // over the file would train with defaults where a section is only mistyped beyond recognition.
    private ConfigurationFile OrRefused(string beside)
    {
        string[] theirs = [.. Root.Nodes.Keys.Where(name => !Settings.Root.Resembles(name))];
        return theirs.Length == 0 ? this : throw new ConfigurationException(new Failure(
            "",
            $"{Name} has {string.Join(", ", theirs.Take(MaxShown).Select(ShownValue.Of))}{(theirs.Length > MaxShown ? ", …" : "")}, which ConvNN does not know, so it "
            + $"seems to be another program's; give ConvNN a file of its own with --config FILE, such as its defaults: --config {Invocation.Quoted(beside)}"));
    }

    private static ConfigurationFile Read(string name, string path)
    {
        byte[] json;
        try
        {
            json = RegularFile.ReadAllBytes(path, MaxBytes);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            string hint = NearestName.Find(name, Presets.Names) is { } preset ? $" Did you mean --preset {preset}?" : "";
            throw new ConfigurationException(new Failure("", $"{name}: there is no such configuration file.{hint}"));
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException(new Failure("", $"{name}: the configuration file cannot be read: {wrong.Message.TrimEnd('.')}; expected JSON, at least {{}}."));
        }

        return Parse(name, json);
    }
}
