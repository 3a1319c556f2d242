namespace ConvNN.Model.Options;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="Key">The key concerned, such as <c>Training:Epochs</c>; empty if there is none.</param>
/// <param name="Text">A sentence that says what was found, what is expected and how to fix it.</param>
public sealed record Failure(string Key, string Text)
{
    /// <summary>Where to fix it: a file and line, a variable, an option; null if unknown.</summary>
    public string? Origin { get; init; }

    /// <summary>A failure whose sentence begins with its key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="rest">The rest of the sentence.</param>
    public static Failure At(string key, string rest) => new(key, $"{key} {rest}");

    /// <summary>The sentence, and the origin if known.</summary>
    public override string ToString() => Origin is null ? Text : $"{Text} ({Origin})";
}
