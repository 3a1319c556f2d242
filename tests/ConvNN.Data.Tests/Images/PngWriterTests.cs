using ConvNN.Data.Images;

namespace ConvNN.Data.Tests.Images;

public class PngWriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Write_Picture_IsReadAgain(int channels)
    {
        byte[] values = new byte[5 * 4 * channels];
        new Random(1).NextBytes(values);

        PngImage image = PngImage.Read(new MemoryStream(PngWriter.Write(new PngImage(5, 4, channels, values))), "x.png");

        Assert.Equal((5, 4, channels), (image.Width, image.Height, image.Channels));
        Assert.Equal(values, image.Values);
    }
}
