namespace ConvNN.App.Configuration;

/// <summary>What a setting holds: how it is read from text, always in the invariant culture, and what is said when it cannot be.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="Rule">The end of the sentence <c>Training:Epochs is ten; …</c></param>
/// <param name="TryParse">Reads the value.</param>
internal sealed record ValueKind<T>(string Rule, TryParse<T> TryParse);

/// <summary>Reads a value from text, if it is one.</summary>
/// <typeparam name="T">The value.</typeparam>
internal delegate bool TryParse<T>(string text, out T value);
