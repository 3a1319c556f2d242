using System.Text.Json.Serialization;

namespace ConvNN.App.Runs;

/// <summary>The form of <see cref="RunRecord"/> in its file. What is missing or null where it must not be is refused; fields of later versions are passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    NewLine = "\n",
    WriteIndented = true)]
[JsonSerializable(typeof(RunRecord))]
internal sealed partial class RunRecordJson : JsonSerializerContext;
