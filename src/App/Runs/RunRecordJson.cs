using System.Text.Json.Serialization;

namespace ConvNN.App.Runs;

/// <summary>The JSON form of <see cref="RunRecord"/>. Missing required fields are rejected; fields of later versions are ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    NewLine = "\n",
    WriteIndented = true)]
[JsonSerializable(typeof(RunRecord))]
internal sealed partial class RunRecordJson : JsonSerializerContext;
