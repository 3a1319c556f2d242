using System.Globalization;

namespace ConvNN.Model.Options;

/// <summary>What a configuration chooses by a <c>Type</c> and describes by the keys beside it: an optimizer, a schedule.</summary>
public abstract record TypedOptions
{
    /// <summary>The registration: name and options.</summary>
    public abstract TypeDefinition Definition { get; }

    /// <summary>The options as the configuration writes them, the type apart: a value for each <see cref="OptionSpec"/> of the definition.</summary>
    public virtual IEnumerable<KeyValuePair<string, object?>> Values => [];

    /// <summary>The registered type: <c>adam</c>.</summary>
    public string Type => Definition.Name;

    /// <summary>The type, and the options that are not at their default: <c>adam, Beta1 0.7</c>.</summary>
    public sealed override string ToString() => string.Join(", ", [Type, .. Values.Where(IsGiven).Select(Text)]);

    private static string Text(KeyValuePair<string, object?> value) => string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value}");

    private bool IsGiven(KeyValuePair<string, object?> value) => !Equals(value.Value, Definition.Options.First(option => option.Name == value.Key).Default);
}
