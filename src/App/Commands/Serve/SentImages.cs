using System.Text.Json;
using ConvNN.Dashboard;
using ConvNN.Formats;
using ConvNN.Pictures;
using ConvNN.Pictures.Formats;

namespace ConvNN.App.Commands.Serve;

/// <summary>
/// The images of a request. Raw bytes are images as the network takes them, one after the other; JSON has a list of these, or of pictures in
/// base64; anything else is one picture, whatever its media type claims.
/// </summary>
internal static class SentImages
{
    /// <summary>The most images of a request.</summary>
    public const int Most = 1000;

    private const string Raw = "application/octet-stream";

    /// <summary>Reads the images.</summary>
    /// <param name="request">The request.</param>
    /// <param name="classifier">The network that takes them.</param>
    /// <returns>The values of each image, [C, H, W].</returns>
    /// <exception cref="SentImagesException">The request is not as it must be.</exception>
    /// <exception cref="PictureException">A picture cannot be read.</exception>
    public static IReadOnlyList<byte[]> Read(WebRequest request, Classifier classifier)
    {
        int size = classifier.Network.Input.Count;
        switch (request.ContentType)
        {
            case "application/json":
                return OfJson(request.Body, classifier);
            case Raw when request.Body.Length > 0 && request.Body.Length % size == 0 && !IsPicture(request.Body):
                int count = request.Body.Length / size;
                return [.. Enumerable.Range(0, Counted(count)).Select(i => request.Body.Slice(i * size, size).ToArray())];
            case "multipart/form-data":
                throw new SentImagesException("send the picture itself as the body, not a form with it.");
            case Raw when !IsPicture(request.Body):
                throw new SentImagesException($"raw images have {size} bytes each ({classifier.Network.Input}), found {request.Body.Length}.");
            default:
                return [ReadPicture(request, classifier).Values];
        }
    }

    /// <summary>Reads one picture.</summary>
    /// <param name="request">The request.</param>
    /// <param name="classifier">The network that takes it.</param>
    /// <exception cref="SentImagesException">There is none.</exception>
    /// <exception cref="PictureException">It cannot be read.</exception>
    public static PreparedPicture ReadPicture(WebRequest request, Classifier classifier) => request.Body.IsEmpty
        ? throw new SentImagesException("the request has no picture; send one as its body.")
        : classifier.Prepare(PictureFile.Decode(request.Body.ToArray(), "the picture"));

    private static List<byte[]> OfJson(ReadOnlyMemory<byte> body, Classifier classifier)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException wrong)
        {
            throw new SentImagesException($"the JSON ends or breaks at line {wrong.LineNumber + 1}.", wrong);
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("images", out JsonElement images) || images.ValueKind != JsonValueKind.Array)
            {
                throw new SentImagesException("the JSON must be {\"images\": [ … ]}, each a list of values from 0 to 255, or a picture in base64.");
            }

            List<byte[]> read = new(Counted(images.GetArrayLength()));
            foreach ((int place, JsonElement image) in images.EnumerateArray().Index())
            {
                read.Add(image.ValueKind switch
                {
                    JsonValueKind.Array => Values(image, place, classifier),
                    JsonValueKind.String => classifier.Prepare(PictureFile.Decode(Decoded(image.GetString()!, place), $"image {place}")).Values,
                    _ => throw new SentImagesException($"image {place} is neither a list of values nor a picture in base64."),
                });
            }

            return read;
        }
    }

    private static byte[] Values(JsonElement values, int place, Classifier classifier)
    {
        int size = classifier.Network.Input.Count;
        if (values.GetArrayLength() != size)
        {
            throw new SentImagesException($"image {place} has {values.GetArrayLength():N0} values, the network takes {size:N0} ({classifier.Network.Input}).");
        }

        byte[] image = new byte[size];
        foreach ((int i, JsonElement value) in values.EnumerateArray().Index())
        {
            image[i] = value.ValueKind == JsonValueKind.Number && value.TryGetByte(out byte whole)
                ? whole
                : throw new SentImagesException($"value {i} of image {place} is not a whole number from 0 to 255.");
        }

        return image;
    }

    private static byte[] Decoded(string encoded, int place)
    {
        try
        {
            return Convert.FromBase64String(encoded);
        }
        catch (FormatException wrong)
        {
            throw new SentImagesException($"image {place} is not in base64.", wrong);
        }
    }

    private static int Counted(int count) => count is > 0 and <= Most
        ? count
        : throw new SentImagesException($"a request has 1 to {Most:N0} images, found {count:N0}.");

    private static bool IsPicture(ReadOnlyMemory<byte> body)
    {
        try
        {
            _ = PictureFile.Decode(body.ToArray(), "the picture");
            return true;
        }
        catch (PictureException)
        {
            return false;
        }
    }
}

/// <summary>A request for predictions is not as it must be: the message is the answer.</summary>
/// <param name="message">What is wrong, and what would be right.</param>
/// <param name="cause">The cause; null if there is none.</param>
internal sealed class SentImagesException(string message, Exception? cause = null) : Exception(message, cause);
