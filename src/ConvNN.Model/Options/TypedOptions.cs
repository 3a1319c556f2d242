using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvNN.Model.Options;

/// <summary>
/// Options that a configuration selects by <c>Type</c> and sets by the keys beside it: a layer, an optimizer, a schedule.
/// </summary>
public abstract record TypedOptions : CheckedOptions
{
    /// <summary>The registration: name and options.</summary>
    public abstract TypeDefinition Definition { get; }

    /// <summary>The registered type: <c>adam</c>.</summary>
    public string Type => Definition.Name;

    /// <inheritdoc/>
    protected sealed override IReadOnlyList<Option> Declared => Definition.Options;

    /// <summary>The type, and the options that differ from their defaults: <c>adam, Beta1 0.7</c>.</summary>
    public sealed override string ToString()
    {
        object defaults = Definition.CreateDefault();
        return string.Join(", ", Definition.Options.Where(option => !Equals(option.Get(this), option.Get(defaults))).Select(Text).Prepend(Type));
    }

    /// <summary>The type and all its options as JSON, in the form that a configuration uses.</summary>
    public JsonObject ToJson()
    {
        JsonObject json = new() { [nameof(Type)] = Type };
        foreach (Option option in Definition.Options)
        {
            JsonNode? value = option.Write(this);
            if (value is not null || !option.IsOmittedWhenNull)
            {
                json[option.Name] = value;
            }
        }

        return json;
    }

    private string Text(Option option) => string.Create(CultureInfo.InvariantCulture, $"{option.Name} {option.Get(this)}");
}
