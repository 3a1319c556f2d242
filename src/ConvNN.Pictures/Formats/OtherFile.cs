namespace ConvNN.Pictures.Formats;

/// <summary>Names files that are no pictures, or pictures of a format that cannot be read.</summary>
internal static class OtherFile
{
    private const int Shown = 8;

    private static readonly (string Name, int Offset, byte[] Magic)[] Known =
    [
        ("a WebP picture", 8, "WEBP"u8.ToArray()),
        ("a HEIC picture", 4, "ftypheic"u8.ToArray()),
        ("a HEIC picture", 4, "ftypheix"u8.ToArray()),
        ("a HEIF picture", 4, "ftypmif1"u8.ToArray()),
        ("an AVIF picture", 4, "ftypavif"u8.ToArray()),
        ("a TIFF picture", 0, [(byte)'I', (byte)'I', 42, 0]),
        ("a TIFF picture", 0, [(byte)'M', (byte)'M', 0, 42]),
        ("a JPEG 2000 picture", 4, "jP  "u8.ToArray()),
        ("a JPEG XL picture", 0, [0xFF, 0x0A]),
        ("a JPEG XL picture", 4, "JXL "u8.ToArray()),
        ("a Photoshop file", 0, "8BPS"u8.ToArray()),
        ("an icon", 0, [0, 0, 1, 0]),
        ("a text form of PNM", 0, "P1"u8.ToArray()),
        ("a text form of PNM", 0, "P2"u8.ToArray()),
        ("a text form of PNM", 0, "P3"u8.ToArray()),
        ("a bitmap form of PNM", 0, "P4"u8.ToArray()),
        ("a PDF document", 0, "%PDF"u8.ToArray()),
        ("an SVG drawing", 0, "<svg"u8.ToArray()),
        ("a web page, not a picture", 0, "<!DOCTYPE html"u8.ToArray()),
        ("a web page, not a picture", 0, "<html"u8.ToArray()),
    ];

    /// <summary>What a file is, as far as its first bytes tell.</summary>
    /// <param name="file">The content of the file.</param>
    public static string Describe(ReadOnlySpan<byte> file)
    {
        foreach ((string name, int offset, byte[] magic) in Known)
        {
            if (file.Length >= offset + magic.Length && file[offset..].StartsWith(magic))
            {
                return $"is {name}";
            }
        }

        return $"is no picture: it begins with {Convert.ToHexString(file[..Math.Min(Shown, file.Length)])}";
    }
}
