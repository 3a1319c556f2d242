using ConvNN.Pictures.Formats;

namespace ConvNN.Pictures.Tests;

public class PngWriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Write_Picture_IsReadAgain(int channels)
    {
        byte[] values = new byte[5 * 4 * channels];
        new Random(1).NextBytes(values);

        Picture image = PictureFile.Decode(PngWriter.Write(new Picture(5, 4, channels, values)), "x.png");

        Assert.Equal((5, 4, channels), (image.Width, image.Height, image.Channels));
        Assert.Equal(values, image.Values);
    }
}
