namespace ConvNN.Pictures;

/// <summary>A picture as a network takes it.</summary>
/// <param name="Values">The values [C, H, W], 0 to 255.</param>
/// <param name="Changes">What was changed or noticed, in words; empty if the picture already fitted.</param>
public sealed record PreparedPicture(byte[] Values, IReadOnlyList<string> Changes);
