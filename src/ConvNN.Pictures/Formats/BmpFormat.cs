using System.Buffers.Binary;

namespace ConvNN.Pictures.Formats;

/// <summary>BMP files (Windows bitmaps) that are not compressed.</summary>
internal sealed class BmpFormat : PictureFormat
{
    private const int HeaderBytes = 34;

    // Masks tell which bits are which channel. Without them, the fourth byte of a pixel is padding.
    private const int BitFields = 3;

    /// <inheritdoc/>
    public override string Name => "BMP";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Extensions { get; } = [".bmp"];

    /// <inheritdoc/>
    public override bool Begins(ReadOnlySpan<byte> file) => file.StartsWith("BM"u8);

    /// <inheritdoc/>
    public override Picture Decode(byte[] file, string name)
    {
        if (file.Length < HeaderBytes)
        {
            throw Damaged(name, $"it ends in its header");
        }

        int compression = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(30));
        bool isOld = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(14)) < 40;
        if (!isOld && compression is not (0 or BitFields))
        {
            throw new PictureException($"{name}: is a compressed BMP; save it without compression, or as PNG.");
        }

        (int Width, int Height) size = StbDecoder.SizeOf(file) ?? throw Damaged(name, $"its header does not describe a picture");
        CheckSize(name, size.Width, size.Height);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(isOld ? 24 : 28));
        long end = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(10)) + ((((long)size.Width * bits) + 31) / 32 * 4 * size.Height);
        if (end > file.Length)
        {
            throw Damaged(name, $"its rows end at byte {end:N0}, but it has {file.Length:N0}");
        }

        (Picture? picture, string? reason) = StbDecoder.Decode(file, (long)size.Width * size.Height, hasAlpha: !isOld && compression == BitFields);
        return picture ?? throw Damaged(name, $"{reason}");
    }
}
