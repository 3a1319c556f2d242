namespace ConvNN.Model.Options;

/// <summary>A value as shown in messages.</summary>
public static class ShownValue
{
    private const int MaxLength = 80;

    /// <summary>The value on one line: <c>empty</c> or <c>null</c> if it is that, and truncated if it is long.</summary>
    /// <param name="value">The value as written.</param>
    public static string Of(string? value) => value switch
    {
        null => "null",
        "" => "empty",
        { Length: > MaxLength } => $"{OneLine(value[..MaxLength])}…",
        _ => OneLine(value),
    };

    private static string OneLine(string value) => string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c));
}
