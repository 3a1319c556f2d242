namespace ConvNN.Model.Options;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="Key">The key that it is about, such as <c>Training:Epochs</c>; empty where it is about none.</param>
/// <param name="Text">A sentence that says what was found, what is expected and how to mend it.</param>
public sealed record Failure(string Key, string Text)
{
    /// <summary>What to change to mend it: a file and its line, a variable, an option; null where unknown.</summary>
    public string? Origin { get; init; }

    /// <summary>A failure whose sentence begins with its key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="rest">The rest of the sentence.</param>
    public static Failure At(string key, string rest) => new(key, $"{key} {rest}");

    /// <summary>The sentence, and the origin where it is known.</summary>
    public override string ToString() => Origin is null ? Text : $"{Text} ({Origin})";
}
