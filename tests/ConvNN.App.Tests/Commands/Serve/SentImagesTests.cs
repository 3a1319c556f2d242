using System.Text;
using ConvNN.App.Commands.Serve;
using ConvNN.Dashboard;
using ConvNN.Formats;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Pictures;

namespace ConvNN.App.Tests.Commands.Serve;

/// <summary>The forms in which images are sent, and what is said of one that is in none of them.</summary>
public class SentImagesTests
{
    private static readonly Classifier Classifier = Create();

    private static readonly byte[] Image = [1, 2, 3, 4, 5, 6];

    private static readonly byte[] Png = PngWriter.Write(new Picture(3, 2, Channels: 1, Image));

    [Fact]
    public void Read_RawBytes_AreImagesOneAfterTheOther() =>
        Assert.Equal([Image, Image], SentImages.Read(Request("application/octet-stream", [.. Image, .. Image]), Classifier));

    [Theory]
    [InlineData("image/png")]
    [InlineData("image/jpeg")]                              // whatever it claims
    [InlineData("application/octet-stream")]
    [InlineData("application/x-www-form-urlencoded")]       // curl --data-binary without more
    [InlineData("")]
    public void Read_APicture_IsPreparedAsByPredict(string type) =>
        Assert.Equal([Classifier.Prepare(new Picture(3, 2, Channels: 1, Image)).Values], SentImages.Read(Request(type, Png), Classifier));

    [Fact]
    public void Read_Json_HasValuesAndPictures() => Assert.Equal(
        [Image, Image],
        SentImages.Read(Json($$"""{"images":[[1,2,3,4,5,6],"{{Convert.ToBase64String(Png)}}"]}"""), Classifier));

    [Theory]
    [InlineData("", "the JSON ends or breaks at line 1.")]
    [InlineData("{\"images\":\n[[1,", "the JSON ends or breaks at line 2.")]
    [InlineData("""{"images":[[1]],"images":[]}""", "a request has 1 to 1,000 images, found 0.")]
    [InlineData("[]", "the JSON must be {\"images\": [ … ]}, each a list of values from 0 to 255, or a picture in base64.")]
    [InlineData("""{"image":[1]}""", "the JSON must be {\"images\": [ … ]}, each a list of values from 0 to 255, or a picture in base64.")]
    [InlineData("""{"images":[]}""", "a request has 1 to 1,000 images, found 0.")]
    [InlineData("""{"images":[[1,2]]}""", "image 0 has 2 values, the network takes 6 (1×2×3).")]
    [InlineData("""{"images":[[1,2,3,4,5,256]]}""", "value 5 of image 0 is not a whole number from 0 to 255.")]
    [InlineData("""{"images":[[1,2,3,4,5,"x"]]}""", "value 5 of image 0 is not a whole number from 0 to 255.")]
    [InlineData("""{"images":[[1,2,3,4,5,6],7]}""", "image 1 is neither a list of values nor a picture in base64.")]
    [InlineData("""{"images":["%"]}""", "image 0 is not in base64.")]
    public void Read_JsonThatIsWrong_SaysWhere(string json, string expected) =>
        Assert.Equal(expected, Assert.Throws<SentImagesException>(() => SentImages.Read(Json(json), Classifier)).Message);

    [Fact]
    public void Read_TooManyImages_IsRefused() => Assert.Equal(
        "a request has 1 to 1,000 images, found 1,001.",
        Assert.Throws<SentImagesException>(() => SentImages.Read(Request("application/octet-stream", new byte[1001 * 6]), Classifier)).Message);

    [Fact]
    public void Read_RawBytesThatAreNoWholeImages_IsRefused() => Assert.Equal(
        "raw images have 6 bytes each (1×2×3), found 7.",
        Assert.Throws<SentImagesException>(() => SentImages.Read(Request("application/octet-stream", new byte[7]), Classifier)).Message);

    [Fact]
    public void Read_Nothing_IsRefused() => Assert.Equal(
        "the request has no picture; send one as its body.",
        Assert.Throws<SentImagesException>(() => SentImages.Read(Request("image/png", []), Classifier)).Message);

    [Fact]
    public void Read_ABrokenPicture_IsRefused() =>
        Assert.StartsWith("the picture: ", Assert.Throws<PictureException>(() => SentImages.Read(Request("image/png", Png[..20]), Classifier)).Message, StringComparison.Ordinal);

    private static WebRequest Request(string type, byte[] body) => new(type, body, new Dictionary<string, string>());

    private static WebRequest Json(string json) => Request("application/json", Encoding.UTF8.GetBytes(json));

    private static Classifier Create()
    {
        Network network = new NetworkBuilder(Shape.Image(1, 2, 3)).Flatten().Dense(2, Activation.Softmax).Build();
        return new Classifier(network, network.Layout.Initialize(seed: 1));
    }
}
