using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Options;

/// <summary>
/// The options of every command with a configuration: <c>--config</c>, <c>--preset</c>, <c>--set</c>, and one for each of the
/// <see cref="Settings"/> that has option names. They set keys of the configuration and check nothing themselves.
/// </summary>
internal sealed class SettingOptions
{
    private readonly Option<string[]> _config = Create(
        "--config", ["-c"], "FILE", "configuration file, read instead of appsettings.json");

    private readonly Option<string[]> _preset = Create(
        "--preset", [], "NAME", "configuration that comes with the program, by its name, such as lenet5; presets lists them");

    private readonly Option<string[]> _set = Create(
        "--set", [], "KEY=VALUE", "any key of the configuration, a layer by index or name: Model:Layers:conv1:Filters=16; may be repeated");

    private readonly IReadOnlyList<(Setting Setting, Option<string[]> Option)> _settings =
        [.. Settings.All.Where(setting => setting.Options.Count > 0).Select(setting => (setting, OptionOf(setting)))];

    /// <summary>Describes the options.</summary>
    public SettingOptions()
    {
        _set.CompletionSources.Add(Completed);
        _preset.CompletionSources.Add(_ => Presets.Names);
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="without">Keys whose options have no meaning for it.</param>
    public void AddTo(Command command, params IReadOnlyList<string> without)
    {
        foreach ((Setting setting, Option<string[]> option) in _settings)
        {
            if (!without.Contains(setting.Key))
            {
                command.Add(option);
            }
        }

        command.Add(_config);
        command.Add(_preset);
        command.Add(_set);
    }

    /// <summary>What may stand in the place of the <c>KEY=VALUE</c> that is being typed, with the configuration that the line has so far.</summary>
    public IEnumerable<string> Completed(CompletionContext context)
    {
        MergedSettings settings;
        try
        {
            settings = new MergedSettings(Sources(Given(context.ParseResult).Where(given => !IsNameOf(_set, given.Option) || given.Value.IndexOf('=', StringComparison.Ordinal) > 0)));
        }
        catch (ConfigurationException)
        {
            settings = new MergedSettings(ConfigurationSources.None);
        }

        return SettingCompletions.Of(context.WordToComplete, settings);
    }

    /// <summary>The configuration sources of a command line.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="recorded">The file of a run, used instead of any other.</param>
    /// <param name="isReplaceable">Whether <c>--config</c> or <c>--preset</c> may still name another file.</param>
    /// <exception cref="UsageException">A <c>--set</c> has no key or no value, or two files are given, one of them maybe the run's.</exception>
    /// <exception cref="ConfigurationException">The configuration file cannot be read.</exception>
    public ConfigurationSources Read(ParseResult result, ConfigurationFile? recorded = null, bool isReplaceable = false) =>
        Sources(Given(result), recorded, isReplaceable);

    /// <summary>Whether a command line names a configuration file, or a preset.</summary>
    public bool HasFile(ParseResult result) => Given(result).Any(given => IsFile(given.Option));

    /// <summary>The given options with their values, in the order in which they were typed.</summary>
    public IEnumerable<(string Option, string Value)> Given(ParseResult result)
    {
        Option<string[]>[] ours = [.. _settings.Select(setting => setting.Option), _config, _preset, _set];
        string? option = null;
        foreach (Token? token in result.Tokens.Append(null))
        {
            if (token?.Type == TokenType.Argument && option is not null)
            {
                yield return (option, token.Value);
            }
            else if (option is not null && Implied(option) is { } value)
            {
                yield return (option, value);
            }

            option = token?.Type == TokenType.Option && ours.Any(candidate => IsNameOf(candidate, token.Value)) ? token.Value : null;
        }
    }

    private ConfigurationSources Sources(IEnumerable<(string Option, string Value)> given, ConfigurationFile? recorded = null, bool isReplaceable = false)
    {
        OrderedDictionary<string, string?> settings = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string> origins = new(StringComparer.OrdinalIgnoreCase);
        (string Option, string Value)? file = null;
        foreach ((string option, string value) in given)
        {
            if (IsFile(option))
            {
                file = file is { } other && IsNameOf(_preset, other.Option) != IsNameOf(_preset, option)
                    ? throw new UsageException($"{other.Option} {other.Value} and {option} {value} are two configurations; leave one of them out.")
                    : (option, value);
                continue;
            }

            (string key, string text) = IsNameOf(_set, option) ? Split(value) : (_settings.First(setting => IsNameOf(setting.Option, option)).Setting.Key, value);

            // If a key is given twice, the later one wins, including its position among the others.
            settings.Remove(key);
            settings[key] = text;
            origins[key] = IsNameOf(_set, option) ? $"{option} {key}" : option;
        }

        if (recorded is not null && file is { Option: { } name } && !isReplaceable)
        {
            throw new UsageException($"verify RUN reads the configuration of the run, {recorded.Name}; leave {name} out.");
        }

        return new ConfigurationSources(
            file is not { } chosen ? recorded ?? ConfigurationFile.Find(null)
                : IsNameOf(_preset, chosen.Option) ? ConfigurationFile.OfPreset(chosen.Value)
                : ConfigurationFile.Find(chosen.Value),
            EnvironmentSettings.Read(Environment.GetEnvironmentVariables()),
            settings)
        {
            Options = origins,
        };
    }

    private static (string Key, string Value) Split(string setting)
    {
        int end = setting.IndexOf('=', StringComparison.Ordinal);
        return end > 0 && !string.IsNullOrWhiteSpace(setting[..end])
            ? (setting[..end].Trim(), setting[(end + 1)..])
            : throw new UsageException($"--set {setting} has no {(end < 0 ? "value" : "key")}; write --set KEY=VALUE, such as --set Training:Epochs=3.");
    }

    private string? Implied(string option) => _settings.FirstOrDefault(setting => IsNameOf(setting.Option, option)).Setting?.Implied;

    private bool IsFile(string option) => IsNameOf(_config, option) || IsNameOf(_preset, option);

    private static bool IsNameOf(System.CommandLine.Option option, string name) => option.Name == name || option.Aliases.Contains(name);

    private static Option<string[]> OptionOf(Setting setting)
    {
        string[] words = setting.ValueName.Split('|');
        Option<string[]> option = words.Length == 1
            ? Create(setting.Options[0], setting.Options.Skip(1), setting.ValueName, setting.Description, isValueOptional: setting.Implied is not null)
            : Create(setting.Options[0], setting.Options.Skip(1), "WORD", $"{setting.Description} ({string.Join(", ", words)})");
        if (words.Length > 1)
        {
            option.CompletionSources.Add(words);
        }

        return option;
    }

    // A list, so that an option may be given twice, as when the user appends one to an earlier command; the last one counts.
    private static Option<string[]> Create(string name, IEnumerable<string> aliases, string value, string description, bool isValueOptional = false) =>
        new(name, [.. aliases]) { HelpName = value, Description = description, Arity = isValueOptional ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore };
}
