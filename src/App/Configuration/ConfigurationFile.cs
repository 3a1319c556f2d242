using System.Globalization;
using System.Text.Json;
using ConvNN.Model.Options;
using Microsoft.Extensions.Configuration;

namespace ConvNN.App.Configuration;

/// <summary>The one configuration file of a run: <c>--config</c>, else <c>appsettings.json</c>, else none.</summary>
/// <param name="Name">What the log calls it.</param>
/// <param name="Values">Its keys and values.</param>
internal sealed record ConfigurationFile(string Name, IReadOnlyDictionary<string, string?> Values)
{
    private const string DefaultName = "appsettings.json";

    /// <summary>Reads the file of a run.</summary>
    /// <param name="given">The file that was asked for; null looks for <c>appsettings.json</c> in the current folder, then beside the program.</param>
    /// <exception cref="ConfigurationException">The file is missing, cannot be read or is not JSON.</exception>
    public static ConfigurationFile Find(string? given)
    {
        if (given is not null)
        {
            return Read(given, given);
        }

        string beside = Path.Combine(AppContext.BaseDirectory, DefaultName);
        return File.Exists(DefaultName) ? Read($"./{DefaultName}", DefaultName)
            : File.Exists(beside) ? Read(beside, beside)
            : new ConfigurationFile("built-in defaults", new Dictionary<string, string?>());
    }

    /// <summary>Reads JSON, in which comments and trailing commas may stand.</summary>
    /// <param name="name">What the log calls it.</param>
    /// <param name="json">UTF-8.</param>
    /// <exception cref="ConfigurationException">It is not JSON, or a key stands in it twice.</exception>
    public static ConfigurationFile Parse(string name, byte[] json)
    {
        try
        {
            IConfigurationRoot root = new ConfigurationBuilder().AddJsonStream(new MemoryStream(json)).Build();
            return new ConfigurationFile(name, root.AsEnumerable()
                .Where(pair => pair.Value is not null || !root.GetSection(pair.Key).GetChildren().Any())
                .ToDictionary(StringComparer.OrdinalIgnoreCase));
        }
        catch (JsonException wrong)
        {
            // The message ends in the place, counted from zero.
            string reason = wrong.Message.Split(" LineNumber:")[0].Split(" Path:")[0];
            string place = string.Create(CultureInfo.InvariantCulture, $"line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}");
            throw new ConfigurationException($"{name}, {place}: {reason}");
        }
        catch (FormatException wrong)
        {
            throw new ConfigurationException($"{name}: {wrong.Message}");
        }
    }

    private static ConfigurationFile Read(string name, string path)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{name}: the configuration file cannot be read: {wrong.Message}");
        }

        return Parse(name, json);
    }
}
