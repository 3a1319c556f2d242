namespace ConvNN.Model.Options;

/// <summary>
/// One option of a layer as the configuration knows it: what it holds, its range, its default. Reading, messages and
/// the schema for editors all come from here.
/// </summary>
public sealed record OptionSpec
{
    private OptionSpec(string name, OptionKind kind, string description)
    {
        Name = name;
        Kind = kind;
        Description = description;
    }

    /// <summary>The key, as the configuration writes it.</summary>
    public string Name { get; }

    /// <summary>What it holds.</summary>
    public OptionKind Kind { get; }

    /// <summary>What it means, in a few words.</summary>
    public string Description { get; }

    /// <summary>Whether it must be given.</summary>
    public bool IsRequired { get; private init; }

    /// <summary>What it is where it is not given: an <see cref="int"/>, a <see cref="double"/>, a <see cref="bool"/>, a word or a <see cref="Size2d"/>; null for nothing.</summary>
    public object? Default { get; private init; }

    /// <summary>The smallest number, inclusive.</summary>
    public double Minimum { get; private init; } = double.NegativeInfinity;

    /// <summary>The largest number; see <see cref="IsMaximumExcluded"/>.</summary>
    public double Maximum { get; private init; } = double.PositiveInfinity;

    /// <summary>Whether the number must stay below <see cref="Maximum"/>.</summary>
    public bool IsMaximumExcluded { get; private init; }

    /// <summary>The words of a <see cref="OptionKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; private init; } = [];

    /// <summary>A whole number between <paramref name="minimum"/> and 2³¹ − 1.</summary>
    public static OptionSpec Integer(string name, string description, int minimum, bool isRequired = false, int? otherwise = null) =>
        new(name, OptionKind.Integer, description) { Minimum = minimum, Maximum = int.MaxValue, IsRequired = isRequired, Default = otherwise };

    /// <summary>A number at least <paramref name="minimum"/> and below <paramref name="below"/>.</summary>
    public static OptionSpec Number(string name, string description, double minimum, double below, bool isRequired = false, double? otherwise = null) =>
        new(name, OptionKind.Number, description) { Minimum = minimum, Maximum = below, IsMaximumExcluded = true, IsRequired = isRequired, Default = otherwise };

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static OptionSpec Boolean(string name, string description, bool otherwise) =>
        new(name, OptionKind.Boolean, description) { Default = otherwise };

    /// <summary>One of <paramref name="choices"/>.</summary>
    public static OptionSpec Choice(string name, string description, IReadOnlyList<string> choices) =>
        new(name, OptionKind.Choice, description) { Choices = choices };

    /// <summary>A height and a width, each at least <paramref name="minimum"/>.</summary>
    public static OptionSpec Size(string name, string description, int minimum, bool isRequired = false, Size2d? otherwise = null) =>
        new(name, OptionKind.Size, description) { Minimum = minimum, Maximum = int.MaxValue, IsRequired = isRequired, Default = otherwise };
}
