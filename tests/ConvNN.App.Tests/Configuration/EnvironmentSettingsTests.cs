using ConvNN.App.Configuration;

namespace ConvNN.App.Tests.Configuration;

public class EnvironmentSettingsTests
{
    [Theory]
    [InlineData("CONVNN_Data__Directory", "Data:Directory")]
    [InlineData("CONVNN_DATA__DIRECTORY", "DATA:DIRECTORY")]
    [InlineData("CONVNN_Model__Layers__0__Units", "Model:Layers:0:Units")]
    [InlineData("CONVNN_Pipline__Workers", "Pipline:Workers")]
    [InlineData("CONVNN_DATA_DIRECTORY", "DATA_DIRECTORY")]
    [InlineData("CONVNN_Name", "Name")]
    [InlineData("CONVNN_Optimizer", "Optimizer")]
    public void Read_VariableThatIsMeantAsASetting_BecomesAKey(string variable, string key) =>
        Assert.Equal([key], EnvironmentSettings.Read(new Dictionary<string, string?> { [variable] = "x" }).Keys);

    [Theory]
    [InlineData("CONVNN_EXPECT_TIER")]
    [InlineData("CONVNN_LONG_TESTS")]
    [InlineData("CONVNN_HOME")]
    [InlineData("Data__Directory")]
    [InlineData("PATH")]
    public void Read_VariableOfSomebodyElse_IsLeftAlone(string variable) =>
        Assert.Empty(EnvironmentSettings.Read(new Dictionary<string, string?> { [variable] = "x" }));
}
