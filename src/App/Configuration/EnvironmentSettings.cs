using System.Collections;

namespace ConvNN.App.Configuration;

/// <summary>Settings in environment variables: <c>CONVNN_Pipeline__Workers</c> sets <c>Pipeline:Workers</c>.</summary>
internal static class EnvironmentSettings
{
    /// <summary>The prefix of their names.</summary>
    public const string Prefix = "CONVNN_";

    private const string Separator = "__";

    /// <summary>
    /// The settings among environment variables. A variable with the separator is meant as a setting, known or not.
    /// Without the separator, it counts only if it resembles a key or is one without its section (<c>CONVNN_DATA_DIRECTORY</c> and
    /// <c>CONVNN_Optimizer</c> must not be silently ignored). Other variables with this prefix belong to other programs.
    /// </summary>
    /// <param name="variables">The variables, <see cref="Environment.GetEnvironmentVariables()"/>.</param>
    public static IReadOnlyDictionary<string, string?> Read(IDictionary variables)
    {
        Dictionary<string, string?> settings = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in variables)
        {
            string name = (string)variable.Key;
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                name = name[Prefix.Length..];
                if (name.Contains(Separator, StringComparison.Ordinal) || Settings.Root.Nearest(name) is not null || Settings.Root.EndingIn(name).Any())
                {
                    settings[name.Replace(Separator, ":", StringComparison.Ordinal)] = (string?)variable.Value;
                }
            }
        }

        return settings;
    }

    /// <summary>The variable that sets a key.</summary>
    public static string VariableOf(string key) => Prefix + key.Replace(":", Separator, StringComparison.Ordinal);
}
