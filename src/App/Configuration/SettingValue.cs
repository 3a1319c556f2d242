namespace ConvNN.App.Configuration;

/// <summary>The value of a key, as text, and where it stands.</summary>
/// <param name="Text">The value; null leaves the key at its default.</param>
/// <param name="Origin">What somebody has to change to change it: a file and its line, a variable, an option; null for a built-in default.</param>
internal sealed record SettingValue(string? Text, string? Origin)
{
    /// <summary>Whether it is an object or a list without elements, and no value.</summary>
    public bool IsEmptyContainer { get; init; }
}
