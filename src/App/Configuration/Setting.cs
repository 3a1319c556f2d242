namespace ConvNN.App.Configuration;

/// <summary>
/// One key of the configuration: how it is read, and how it is called on the command line. Reading, messages and the
/// options of the program all come from here.
/// </summary>
internal sealed record Setting
{
    private readonly Func<RunConfiguration, string, RunConfiguration?> _apply;

    private Setting(string key, string rule, Func<RunConfiguration, string, RunConfiguration?> apply)
    {
        Key = key;
        Rule = rule;
        _apply = apply;
    }

    /// <summary>The key: <c>Training:Epochs</c>.</summary>
    public string Key { get; }

    /// <summary>What a value must be.</summary>
    public string Rule { get; }

    /// <summary>Its names on the command line; none when it has no option.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>What stands for the value in the help on its option.</summary>
    public string ValueName { get; init; } = "N";

    /// <summary>What it means, for the help on its option.</summary>
    public string Help { get; init; } = "";

    /// <summary>Describes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="set">Puts a value into a configuration.</param>
    public static Setting Of<T>(string key, ValueKind<T> kind, Func<RunConfiguration, T, RunConfiguration> set) =>
        new(key, kind.Rule, (run, text) => kind.TryParse(text, out T value) ? set(run, value) : null);

    /// <summary>Reads a value into a configuration; null when it cannot be.</summary>
    public RunConfiguration? Apply(RunConfiguration run, string text) => _apply(run, text);
}
