namespace ConvNN.Model.Options;

/// <summary>A value as a message shows it.</summary>
public static class ShownValue
{
    private const int MaxLength = 80;

    /// <summary>The value in one line; <c>empty</c> or <c>null</c> where it is, and cut where it is long.</summary>
    /// <param name="value">What somebody wrote.</param>
    public static string Of(string? value) => value switch
    {
        null => "null",
        "" => "empty",
        { Length: > MaxLength } => $"{OneLine(value[..MaxLength])}…",
        _ => OneLine(value),
    };

    private static string OneLine(string value) => string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c));
}
