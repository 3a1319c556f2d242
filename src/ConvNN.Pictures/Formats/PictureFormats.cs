namespace ConvNN.Pictures.Formats;

/// <summary>The formats of picture files that can be read.</summary>
internal static class PictureFormats
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<PictureFormat> All { get; } = [new PngFormat(), new JpegFormat(), new GifFormat(), new BmpFormat(), new PnmFormat()];

    /// <summary>Finds the format of a file by its first bytes.</summary>
    /// <param name="file">The content of the file.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="PictureException">It has none of these formats.</exception>
    public static PictureFormat Of(byte[] file, string name) =>
        All.FirstOrDefault(format => format.Begins(file))
        ?? throw new PictureException($"{name}: {OtherFile.Describe(file)}; expected {string.Join(", ", All.Select(format => format.Name))}; save it as one of them.");
}
