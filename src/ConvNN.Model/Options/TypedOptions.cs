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

    /// <summary>The type and its options, without those that are null, false or 0, which do nothing: <c>adam (Beta1 0.9, …)</c>.</summary>
    public sealed override string ToString()
    {
        string[] options = [.. Definition.Options.Where(option => option.Get(this) is not (null or false or 0 or 0d)).Select(Text)];
        return options.Length == 0 ? Type : $"{Type} ({string.Join(", ", options)})";
    }

    /// <summary>The type and all its options as JSON, in the form that a configuration uses.</summary>
    public JsonObject ToJson()
    {
        JsonObject json = new() { [nameof(Type)] = Type };
        foreach (Option option in Definition.Options.Where(option => option.IsWritten(this)))
        {
            json[option.Name] = option.Write(this);
        }

        return json;
    }

    private string Text(Option option) => string.Create(CultureInfo.InvariantCulture, $"{option.Name} {option.Get(this)}");
}
