using System.Buffers.Binary;
using System.Globalization;
using ConvNN.Data.Files;

namespace ConvNN.Data.Images;

/// <summary>The <c>IHDR</c> chunk of a PNG file.</summary>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="BitDepth">Bits per sample.</param>
/// <param name="ColorType">What samples mean.</param>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColorType ColorType)
{
    /// <summary>Size of the chunk's data in bytes.</summary>
    public const int Length = 13;

    /// <summary>Samples per pixel.</summary>
    public int Samples => ColorType switch
    {
        PngColorType.Rgb => 3,
        PngColorType.GreyAlpha => 2,
        PngColorType.Rgba => 4,
        _ => 1,
    };

    /// <summary>Bytes per row, without the filter byte.</summary>
    public int RowBytes => (int)((((long)Width * Samples * BitDepth) + 7) / 8);

    /// <summary>Distance in bytes from a byte to the corresponding byte of the previous pixel, which filters use.</summary>
    public int FilterStep => Math.Max(1, Samples * BitDepth / 8);

    /// <summary>Reads the chunk's data.</summary>
    /// <exception cref="DatasetException">It describes a picture that is not supported.</exception>
    public static PngHeader Read(ReadOnlySpan<byte> data, string name)
    {
        uint width = BinaryPrimitives.ReadUInt32BigEndian(data);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        (int depth, int color) = (data[8], data[9]);
        if (width == 0 || height == 0 || (ulong)width * height > PngImage.MaxPixels)
        {
            throw new DatasetException(string.Create(
                CultureInfo.InvariantCulture, $"{name}: has {width:N0}×{height:N0} pixels, expected 1 to {PngImage.MaxPixels:N0}; make it smaller."));
        }

        bool isKnown = (PngColorType)color switch
        {
            PngColorType.Grey or PngColorType.Palette => depth is 1 or 2 or 4 or 8,
            PngColorType.Rgb or PngColorType.GreyAlpha or PngColorType.Rgba => depth == 8,
            _ => false,
        };
        if (!isKnown || data[10] != 0 || data[11] != 0 || data[12] != 0)
        {
            throw new DatasetException(
                $"{name}: is a PNG of colour type {color} with {depth} bits per sample, interlacing {data[12]}; expected 8 bits, not interlaced. Save it in that form.");
        }

        return new PngHeader((int)width, (int)height, depth, (PngColorType)color);
    }
}
