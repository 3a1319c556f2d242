namespace ConvNN.Model.Options;

/// <summary>What an option of a layer holds.</summary>
public enum OptionKind
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>A height and a width: one whole number for both, or a list of two.</summary>
    Size,
}
