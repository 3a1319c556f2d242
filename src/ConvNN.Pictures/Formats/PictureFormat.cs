using System.Globalization;

namespace ConvNN.Pictures.Formats;

/// <summary>A format of picture files.</summary>
internal abstract class PictureFormat
{
    /// <summary>The name of the format.</summary>
    public abstract string Name { get; }

    /// <summary>The extensions of its files, in lower case with the dot.</summary>
    public abstract IReadOnlyList<string> Extensions { get; }

    /// <summary>Whether a file begins as those of this format do.</summary>
    public abstract bool Begins(ReadOnlySpan<byte> file);

    /// <summary>Decodes a file of this format.</summary>
    /// <param name="file">Its content.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="PictureException">It is damaged, too large, or of a kind that is not supported.</exception>
    public abstract Picture Decode(byte[] file, string name);

    /// <summary>The fault of a file that is not as its format demands.</summary>
    protected static PictureException Damaged(string name, FormattableString what) =>
        new($"{name}: is damaged: {what.ToString(CultureInfo.InvariantCulture)}; get the file again.");

    /// <summary>Refuses a picture that is empty or has more than <see cref="Picture.MaxPixels"/>, before memory is allocated for it.</summary>
    protected static void CheckSize(string name, long width, long height)
    {
        if (width < 1 || height < 1 || width > int.MaxValue || height > int.MaxValue || width * height > Picture.MaxPixels)
        {
            throw new PictureException(string.Create(
                CultureInfo.InvariantCulture, $"{name}: has {width:N0}×{height:N0} pixels, expected 1 to {Picture.MaxPixels:N0}; make it smaller."));
        }
    }
}
