using System.Globalization;
using ConvNN.Files;

namespace ConvNN.Pictures.Formats;

/// <summary>Reads picture files.</summary>
public static class PictureFile
{
    /// <summary>Maximum size of a file, in bytes.</summary>
    public const long MaxBytes = 1 << 28;

    /// <summary>The extensions of picture files that can be read, in lower case with the dot.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [.. PictureFormats.All.SelectMany(format => format.Extensions)];

    /// <summary>Whether a file is a picture by its extension.</summary>
    /// <param name="path">The file.</param>
    public static bool IsOne(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Reads a PNG, JPEG, GIF (its first frame), BMP, PGM or PPM file: its content tells which. It is turned as its EXIF orientation
    /// says, transparency is blended with white, and 16 bits per channel become 8. A picture whose colours are all grey has one
    /// channel. The values are the same on every machine.
    /// </summary>
    /// <param name="path">A regular file, or a link to one.</param>
    /// <exception cref="PictureException">The file is missing, cannot be read, or is not a valid picture of these kinds.</exception>
    public static Picture Read(string path) => RegularFile.Read(
        path,
        (stream, name) =>
        {
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            return Decode(content, name);
        },
        (message, cause) => new PictureException(message, cause),
        MaxBytes);

    /// <summary>Reads a picture from a stream, as <see cref="Read(string)"/> does from a file.</summary>
    /// <param name="stream">The stream, from its position to its end; it need not know its length.</param>
    /// <param name="name">The picture's name in messages.</param>
    /// <exception cref="PictureException">It is not a valid picture of these kinds, or larger than <see cref="MaxBytes"/>.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static Picture Read(Stream stream, string name = "picture")
    {
        ArgumentNullException.ThrowIfNull(stream);
        using MemoryStream content = new();
        byte[] block = new byte[1 << 16];
        for (int count = stream.Read(block); count > 0; count = stream.Read(block))
        {
            // Checked here, since a stream may have no end.
            if (content.Length + count > MaxBytes)
            {
                throw new PictureException(string.Create(CultureInfo.InvariantCulture, $"{name}: is larger than {MaxBytes:N0} bytes, expected a picture; make it smaller."));
            }

            content.Write(block, 0, count);
        }

        return Decode(content.ToArray(), name);
    }

    /// <summary>Decodes a picture, as <see cref="Read(string)"/> does.</summary>
    /// <param name="file">The content of the file.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="PictureException">It is not a valid picture of these kinds.</exception>
    public static Picture Decode(byte[] file, string name)
    {
        ArgumentNullException.ThrowIfNull(file);
        return WithoutNeedlessColor(PictureFormats.Of(file, name).Decode(file, name));
    }

    // GIF and BMP keep grey pictures in colour, too, and many programs do so with PNG.
    private static Picture WithoutNeedlessColor(Picture picture)
    {
        for (int i = 0; i < picture.Values.Length && picture.Channels == 3; i += 3)
        {
            if (picture.Values[i] != picture.Values[i + 1] || picture.Values[i] != picture.Values[i + 2])
            {
                return picture;
            }
        }

        return picture.ToGrey();
    }
}
