using System.Buffers.Binary;

namespace ConvNN.Pictures.Formats;

/// <summary>
/// JPEG files (ITU-T T.81), baseline and progressive, in grey, YCbCr, RGB and CMYK. Their segments are walked before decoding: a
/// file that was cut short would otherwise be read as a picture whose rest is grey.
/// </summary>
internal sealed class JpegFormat : PictureFormat
{
    // A progressive picture has about ten. Each is a pass over all pixels, however little data it has.
    private const int MaxScans = 100;

    private const byte Mark = 0xFF;
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte Exif = 0xE1;

    /// <inheritdoc/>
    public override string Name => "JPEG";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Extensions { get; } = [".jpg", ".jpeg", ".jpe", ".jfif"];

    /// <inheritdoc/>
    public override bool Begins(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[Mark, StartOfImage, Mark]);

    /// <inheritdoc/>
    public override Picture Decode(byte[] file, string name)
    {
        (long pixels, int orientation) = Walk(file, name);
        (Picture? picture, string? reason) = StbDecoder.Decode(file, pixels);
        return Orientation.Apply(picture ?? throw Damaged(name, $"{reason}"), orientation);
    }

    private static (long Pixels, int Orientation) Walk(ReadOnlySpan<byte> file, string name)
    {
        long pixels = 0;
        int orientation = Orientation.Upright;
        int scans = 0;
        int position = 2;
        while (NextMarker(file, ref position, isInScan: scans > 0) is var marker && marker != EndOfImage)
        {
            if (marker == 0)
            {
                throw Damaged(name, $"it ends before its end marker");
            }

            int length = file.Length - position < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(file[position..]);
            if (length < 2 || length > file.Length - position)
            {
                throw Damaged(name, $"segment 0x{marker:X2} declares {length} bytes, but {file.Length - position} are left");
            }

            ReadOnlySpan<byte> segment = file.Slice(position + 2, length - 2);
            position += length;
            if (IsFrame(marker))
            {
                pixels = Frame(marker, segment, name);
            }
            else if (marker == Exif && segment.StartsWith("Exif\0\0"u8))
            {
                orientation = Orientation.Of(segment[6..]);
            }
            else if (marker == StartOfScan && ++scans > MaxScans)
            {
                throw new PictureException($"{name}: has more than {MaxScans} scans; save it as a baseline JPEG.");
            }
        }

        return pixels > 0 && scans > 0 ? (pixels, orientation) : throw Damaged(name, $"it has no picture data");
    }

    /// <summary>The next marker that begins a segment or ends the file; 0 if there is none. Restart markers of a scan begin none.</summary>
    private static byte NextMarker(ReadOnlySpan<byte> file, ref int position, bool isInScan)
    {
        while (position + 1 < file.Length)
        {
            byte marker = file[position + 1];
            if (file[position] != Mark || marker is 0 or Mark || (isInScan && marker is >= 0xD0 and <= 0xD7))
            {
                position++;
                continue;
            }

            position += 2;
            return marker;
        }

        return 0;
    }

    // SOF0 to SOF15, without the markers for tables that lie among them.
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static long Frame(byte marker, ReadOnlySpan<byte> segment, string name)
    {
        if (segment.Length < 6)
        {
            throw Damaged(name, $"its frame header has {segment.Length} bytes");
        }

        if (marker > 0xC2 || segment[0] != 8)
        {
            string kind = marker > 0xC8 ? "an arithmetic-coded" : marker == 0xC3 ? "a lossless" : marker > 0xC2 ? "a hierarchical" : $"a {segment[0]}-bit";
            throw new PictureException($"{name}: is {kind} JPEG; save it as a baseline or progressive one with 8 bits per channel.");
        }

        (int height, int width) = (BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), BinaryPrimitives.ReadUInt16BigEndian(segment[3..]));
        CheckSize(name, width, height);
        return (long)width * height;
    }
}
