using System.Globalization;

namespace ConvNN.Data;

/// <summary>Shows names of classes in messages.</summary>
public static class ClassName
{
    /// <summary>
    /// The name, with the code points of its letters beyond ASCII: <c>café (U+00E9)</c> and <c>café (U+0301)</c> look alike, and are
    /// different folders on most systems.
    /// </summary>
    /// <param name="name">The name.</param>
    public static string Describe(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string[] codes = [.. name.EnumerateRunes().Where(rune => !rune.IsAscii).Select(rune => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}")).Distinct()];
        return codes.Length == 0 ? name : $"{name} ({string.Join(" ", codes)})";
    }
}
