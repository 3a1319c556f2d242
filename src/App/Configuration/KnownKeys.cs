using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>Tells keys that mean something from those that do not.</summary>
internal static class KnownKeys
{
    /// <summary>Where editors look for a schema.</summary>
    public const string Schema = "$schema";

    /// <summary>Where .NET's logging looks for levels.</summary>
    public const string LogLevels = "Logging:LogLevel";

    private static readonly string[] Names = [.. Settings.All.Select(setting => setting.Key), LayerSection.Path, LogLevels, Schema];

    /// <summary>What is wrong with a key that is no <see cref="Setting"/>, or null.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value; null also for a section.</param>
    public static Failure? Complaint(string key, string? value)
    {
        if (Is(key, LayerSection.Path) || IsBelow(key, LayerSection.Path) || Is(key, Schema))
        {
            return null;
        }

        if (IsBelow(key, LogLevels))
        {
            return Configuration.LogLevels.Complaint(key, value);
        }

        if (!key.Contains(':') && !Children("").Contains(key, StringComparer.OrdinalIgnoreCase) && Nearest(key) is { } nearest)
        {
            return Failure.At(key, $"is not known; did you mean {nearest}?");
        }

        string[] segments = key.Split(':');
        for (int i = 0; i < segments.Length; i++)
        {
            string parent = string.Join(':', segments[..i]);
            string[] siblings = [.. Children(parent)];
            if (!siblings.Contains(segments[i], StringComparer.OrdinalIgnoreCase))
            {
                return Settings.Find(parent) is { } setting
                    ? Failure.At(parent, $"holds a list or a section; {setting.Rule}.")
                    : Failure.At(string.Join(':', segments[..(i + 1)]), $"is not known; {NearestName.Hint(segments[i], siblings)}");
            }
        }

        return value is null or JsonSettings.EmptyObject ? null : Failure.At(key, $"is {ShownValue.Of(value)}; it must be a section with {string.Join(", ", Children(key))}.");
    }

    /// <summary>The key that a name is so like, separators apart, that somebody probably meant it; or null.</summary>
    public static string? Nearest(string name) =>
        NearestName.Find(Letters(name), Names.Select(Letters)) is { } letters ? Names.First(known => Letters(known) == letters) : null;

    private static IEnumerable<string> Children(string parent) =>
        Names
            .Where(name => parent.Length == 0 || IsBelow(name, parent))
            .Select(name => name[(parent.Length == 0 ? 0 : parent.Length + 1)..].Split(':')[0])
            .Distinct()
            .Order(StringComparer.Ordinal);

    private static bool Is(string key, string other) => string.Equals(key, other, StringComparison.OrdinalIgnoreCase);

    private static bool IsBelow(string key, string section) => key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase);

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetter));
}
