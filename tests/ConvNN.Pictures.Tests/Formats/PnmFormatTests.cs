using System.Text;
using ConvNN.Pictures.Formats;

namespace ConvNN.Pictures.Tests.Formats;

public class PnmFormatTests
{
    private static readonly byte[] Valid = [.. "P5\n3 2\n255\n"u8, 0, 1, 2, 253, 254, 255];

    [Theory]
    [InlineData("P5\n3 2\n255\n")]
    [InlineData("P5 3 2 255 ")]
    [InlineData("P5\r\n# drawn by hand\r\n3\t2 # 4 5\n255\n")]
    public void Read_HeaderInAnyForm_GivesTheValues(string header)
    {
        Picture image = Read([.. Encoding.ASCII.GetBytes(header), 0, 1, 2, 253, 254, 255]);

        Assert.Equal((3, 2, 1), (image.Width, image.Height, image.Channels));
        Assert.Equal([0, 1, 2, 253, 254, 255], image.Values);
    }

    [Fact]
    public void Read_SmallerLargestValue_IsSpreadOverAByte() =>
        Assert.Equal([0, 17, 119, 255], Read([.. "P5 4 1 15\n"u8, 0, 1, 7, 15]).Values);

    [Fact]
    public void Read_CutAtAnyByte_IsRefused()
    {
        for (int length = 0; length < Valid.Length; length++)
        {
            Assert.Throws<PictureException>(() => Read(Valid[..length]));
        }
    }

    [Theory]
    [InlineData("P53 2 255\n123456", "x: is damaged: it has no number at byte 2, where its header has width, height and largest value; get the file again.")]
    [InlineData("P5 3 two 255\n", "x: is damaged: it has no number at byte 5, where its header has width, height and largest value; get the file again.")]
    [InlineData("P5 1 1 65535\nab", "x: has values up to 65535, expected 1 to 255; save it with one byte per channel.")]
    [InlineData("P5 0 1 255\n", "x: has 0×1 pixels, expected 1 to 67,108,864; make it smaller.")]
    [InlineData("P5 99999999 99999999 255\n", "x: has 99,999,999×99,999,999 pixels, expected 1 to 67,108,864; make it smaller.")]
    [InlineData("P5 9999999999 1 255\n", "x: is damaged: it has no number at byte 3, where its header has width, height and largest value; get the file again.")]
    [InlineData("P5 2 2 255\nabcde", "x: is damaged: its header declares 2×2×1 = 4 bytes, found 5; get the file again.")]
    [InlineData("P6 2 1 255\nabcde", "x: is damaged: its header declares 2×1×3 = 6 bytes, found 5; get the file again.")]
    [InlineData("P5 2 1 9\n\u0003\u000a", "x: is damaged: value 1 is 10, expected 0 to 9 as in the header; get the file again.")]
    [InlineData("P5 # a comment without an end", "x: is damaged: it has no number at byte 29, where its header has width, height and largest value; get the file again.")]
    public void Read_AnythingElse_SaysWhatWasFound(string file, string expected) =>
        Assert.Equal(expected, Assert.Throws<PictureException>(() => Read(Encoding.Latin1.GetBytes(file))).Message);

    [Fact]
    public void Read_AnyByteChanged_GivesAPictureOrIsRefused()
    {
        for (int i = 0; i < Valid.Length; i++)
        {
            for (int value = 0; value <= byte.MaxValue; value++)
            {
                byte[] file = [.. Valid];
                file[i] = (byte)value;
                try
                {
                    Picture image = Read(file);
                    Assert.Equal(image.Width * image.Height * image.Channels, image.Values.Length);
                }
                catch (PictureException refused)
                {
                    Assert.StartsWith("x: ", refused.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    private static Picture Read(byte[] file) => PictureFile.Decode(file, "x");
}
