using System.Text;
using ConvNN.Files;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>The one configuration file of a run: <c>--config</c>, else <c>appsettings.json</c>, else none.</summary>
/// <param name="Name">Its name in the log.</param>
/// <param name="Root">Its contents.</param>
internal sealed record ConfigurationFile(string Name, ConfigurationNode Root)
{
    private const string DefaultName = "appsettings.json";

    // Many times the largest sensible size; anything larger is not a configuration.
    private const int MaxBytes = 1 << 18;

    /// <summary>Reads the file of a run.</summary>
    /// <param name="given">The requested file; null looks for <c>appsettings.json</c> in the current folder, then in the program's.</param>
    /// <exception cref="ConfigurationException">The file is missing, cannot be read or is not JSON.</exception>
    public static ConfigurationFile Find(string? given)
    {
        if (given is not null)
        {
            return Read(given, given);
        }

        string beside = Path.Combine(AppContext.BaseDirectory, DefaultName);
        return Path.Exists(DefaultName) ? Read($"./{DefaultName}", DefaultName)
            : Path.Exists(beside) ? Read(beside, beside)
            : new ConfigurationFile("built-in defaults", new ConfigurationNode());
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

    private static ConfigurationFile Read(string name, string path)
    {
        byte[] json;
        try
        {
            json = RegularFile.ReadAllBytes(path, MaxBytes);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException(new Failure("", $"{name}: the configuration file cannot be read: {wrong.Message.TrimEnd('.')}; expected JSON, at least {{}}."));
        }

        return Parse(name, json);
    }
}
